// data-figures="/address": a piece of the page that the server draws, asked for every two seconds while it
// moves; when what it is about changes (data-campaign-state), the whole page is shown anew, because other
// buttons fit then. data-reload="2000": the whole page again after so many milliseconds, once.
const PAUSE = 2000;

async function refresh(piece) {
  const before = piece.querySelector("[data-campaign-state]")?.dataset.campaignState;
  const response = await fetch(piece.dataset.figures);
  if (!response.ok || response.redirected) return;
  piece.innerHTML = await response.text();
  const after = piece.querySelector("[data-campaign-state]")?.dataset.campaignState;
  if (after !== before) location.reload();
}

function follow(piece) {
  const again = async () => {
    // Nobody looks: ask again when somebody does. A lost answer is not worth a message.
    if (!document.hidden) await refresh(piece).catch(() => undefined);
    setTimeout(again, PAUSE);
  };
  setTimeout(again, PAUSE);
}

document.querySelectorAll("[data-figures]").forEach(follow);
document.querySelectorAll("[data-reload]").forEach((piece) => {
  setTimeout(() => location.reload(), Number(piece.dataset.reload));
});
