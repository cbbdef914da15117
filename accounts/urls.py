"""Addresses under /hesap/: signing in and out, passwords, the second step.

The library has more (sign-up, e-mail addresses, other sites' accounts); what is not listed does not exist.
"""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from django.urls import path, re_path

from accounts.views import SecondStep, refusing, unsent

urlpatterns = [
    path("giris/", refusing(account.login), name="account_login"),
    path("cikis/", account.logout, name="account_logout"),
    path("kapali/", account.account_inactive, name="account_inactive"),
    path("yarim-kalan/", unsent, name="account_unsent"),
    path("dogrula/", refusing(account.reauthenticate), name="account_reauthenticate"),
    path("parola/", refusing(account.password_change), name="account_change_password"),
    path("parola/unuttum/", refusing(account.password_reset), name="account_reset_password"),
    path("parola/unuttum/gonderildi/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^parola/yeni/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        refusing(account.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path("parola/degisti/", account.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    path("iki-adim/", SecondStep.as_view(), name="mfa_index"),
    path("iki-adim/kod/", refusing(mfa.authenticate), name="mfa_authenticate"),
    path("iki-adim/dogrula/", refusing(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("iki-adim/kur/", refusing(totp.activate_totp), name="mfa_activate_totp"),
    path("iki-adim/kaldir/", refusing(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("iki-adim/kurtarma/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("iki-adim/kurtarma/indir/", recovery_codes.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("iki-adim/kurtarma/yeni/", recovery_codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
]
