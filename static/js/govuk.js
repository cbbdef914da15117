// Starts the vendored components. Their address comes from the page, because only the
// template knows the hashed file name.
const script = document.querySelector("script[data-govuk-frontend]");

document.body.classList.add("js-enabled", "govuk-frontend-supported");

const { initAll } = await import(script.dataset.govukFrontend);
initAll();
