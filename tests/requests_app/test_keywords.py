"""What people really write, and the category whose words the router finds in it."""

from pathlib import Path

import pytest

from common.packs import read_items
from requests_app import keywords

PACK = Path(__file__).parents[2] / "reference_data" / "common"

# As citizens write: hurried, without Turkish letters, in capitals, with endings on everything.
SENTENCES = {
    "yol-cukuru": (
        "Sokağımızın başında kocaman bir çukur var, arabam zarar gördü.",
        "SOKAKTAKI CUKURLAR KAPATILSIN",
        "Yol çöktü, araçlar geçemiyor",
        "Caddenin asfaltı bozulmuş, yağmurda su birikiyor",
        "yolumuz cok kotu asfalt dokulmesini istiyoruz",
        "Okulun önüne kasis yapılmasını talep ediyorum, karar sizin.",
    ),
    "bozuk-kaldirim": (
        "Kaldırımın taşları sökülmüş, annem düştü",
        "kaldirim taslari oynuyor",
        "Parke taşları yerinden çıkmış, kardeşim ayağını burktu",
        "BORDÜRLER KIRILMIŞ",
    ),
    "rogar-kapagi": (
        "Rögar kapağı yerinde yok, çok tehlikeli",
        "rogarin kapagi calinmis",
        "Mazgallar tıkalı, karşı taraf su altında kaldı",
    ),
    "engelli-erisimi": (
        "Tekerlekli sandalyeyle geçemiyorum, rampa yapılsın",
        "Engelliler için uygun giriş yok",
    ),
    "kar-buz": (
        "Kar yağdı yolumuz kapalı",
        "Karlar temizlenmedi, yokuştan inemiyoruz",
        "yokus buz tuttu tuz dokulsun",
        "Sokaktaki buzlar yüzünden düştüm",
        "Kar küreme aracı bizim sokağa gelmedi",
    ),
    "sokak-lambasi": (
        "Sokağımız karanlık, lambalar yanmıyor",
        "SOKAK LAMBASI YANMIYOR",
        "Gece karanlıkta yürümeye korkuyoruz",
        "isiklar yanmiyor uc gundur",
        "Elektrik direğinin lambası patlamış",
    ),
    "cop-toplama": (
        "Üç gündür çöpler toplanmadı",
        "Çöpümüz alınmıyor, her yer kokuyor",
        "copleri almiyorlar",
        "Konteyner doldu taştı, koku dayanılmaz, pazar günü bile gelen yok",
    ),
    "cop-konteyneri": (
        "Sokağımıza konteyner konulmasını istiyoruz",
        "Konteynerin kapağı kırılmış, yenisi lazım",
        "Yer altı konteynerinin pedalı bozuk",
    ),
    "cadde-supurme": (
        "Cadde hiç süpürülmüyor",
        "Sokak kirli, temizlik yapılsın",
        "Pazar kurulduktan sonra sokağımız yıkansın",
    ),
    "moloz": (
        "Boş arsaya moloz dökmüşler",
        "hafriyat kamyonu gece dokum yapiyor",
        "İnşaat atıklarını yolun kenarına bırakıyorlar",
    ),
    "eski-esya": (
        "Eski eşyalarım alınsın, bir koltuk bir çekyat",
        "Evin önünde eski yatağımız duruyor, alır mısınız",
        "Eski buz dolabı verecektim",
    ),
    "agac-budama": (
        "Ağacın dalları pencereme giriyor, budanması lazım",
        "agac dallari elektrik tellerine degiyor",
        "Dallar yola sarkmış",
        "Çınarların budanmasını rica ederim",
    ),
    "agac-tehlikesi": (
        "Fırtınada ağaç devrildi, yolu kapatıyor",
        "Kurumuş ağaç her an devrilecek",
        "AĞAÇ DEVRİLMİŞ ARABANIN ÜSTÜNE",
    ),
    "park-bakimi": (
        "Parktaki salıncak kırık",
        "Çocuk parkının kaydırağı bozulmuş",
        "parkin cimleri kurumus sulanmiyor",
        "Parkımızdaki spor aletleri çalışmıyor",
        "Parka oturma bankı konulsun",
    ),
    "sahipsiz-hayvan": (
        "Sokak köpekleri çocuklara saldırıyor",
        "Başıboş köpeği alın lütfen",
        "kopekler suru halinde geziyor",
        "Apartmanın bahçesinde sahipsiz kediler var",
        "Kara bir köpek mahallede dolaşıyor",
    ),
    "yarali-hayvan": (
        "Yol kenarında yaralı bir köpek yatıyor",
        "Araba çarpmış, kedi ezilmiş",
        "yarali kedi var yardimci olur musunuz",
    ),
    "ilaclama": (
        "Sivrisineklerden duramıyoruz, ilaçlama yapılsın",
        "Bodrumda fareler var",
        "Bahçede kene gördük",
        "hamam boceklerini ilaclayin",
        "Sivrisineği bol bir dere kenarında oturuyoruz",
    ),
    "kaldirim-isgali": (
        "Kaldırıma park eden arabalar yüzünden yürüyemiyoruz",
        "Manav tezgâhını yola kurmuş, kaldırım işgal altında",
        "kafe masa sandalye koymus gecemiyoruz",
        "Seyyar satıcılar geçişi kapatıyor",
    ),
    "gurultu": (
        "Gece geç saatte gürültü yapıyorlar",
        "Yan binada inşaat sesi gece de sürüyor",
        "muzik sesinden uyuyamiyoruz",
    ),
    "isyeri-denetimi": (
        "Lokantada hijyen yok, midem bozuldu",
        "Market tarihi geçmiş ürün satıyor",
        "pazarcilar eksik tartiyor",
    ),
    "kacak-yapi": ("Komşumuz kaçak kat çıkıyor", "Ruhsatsız bina yapılıyor", "kacak insaat var"),
    "tehlikeli-yapi": ("Metruk binaya giren çıkan belli değil", "Bina yıkılmak üzere, duvarları çatlak"),
    "isyeri-ruhsati": ("İş yeri açmak istiyorum, ruhsat için ne gerekli?", "Dükkan açacağım, ruhsatı nasıl alırım"),
    "sosyal-yardim": (
        "Gıda yardımı almak istiyorum",
        "Kömür yardımı başvurusu",
        "ihtiyac sahibiyiz gida kolisi istiyoruz",
        "Annem için evde bakım hizmeti",
    ),
    "kurs-etkinlik": ("Yüzme kursuna nasıl kayıt olurum", "Kütüphanenin saatleri nedir", "konser bileti nereden aliniyor"),
    "bilgi-edinme": ("4982 sayılı Kanun uyarınca bilgi edinmek istiyorum", "Bilgi edinme başvurusu yapıyorum"),
    "personel": ("Memur bana kaba davrandı", "Gişedeki personel hakaret etti"),
    "oneri": ("Bir önerim var: otobüs durağına saat konsun", "Size bir fikrim var"),
    "tesekkur": ("Hızlı çalışmanız için teşekkür ederim", "emeginize saglik cok memnun kaldik"),
    "": (
        "Merhaba, iyi günler",
        "Kara kışın ortasında karşı komşum kartını kaybetmiş, kararsız kaldım.",
        "Banka sırası çok uzun",
        "Yardımcı olur musunuz, size direkt yazıyorum",
        "Dalgın biri kapıyı açık bırakmış",
        "Trafik kazası oldu",
    ),
}  # fmt: skip


def found(text: str) -> str:
    """The code of the best matched category, or nothing."""
    readable = keywords.readable(text)
    weighed = {
        item.code(): keywords.weight(keywords.matching(item.value("keywords"), readable))
        for item in read_items(PACK, "categories.json")
    }
    best = max(weighed, key=lambda code: weighed[code])
    return best if weighed[best] else ""


@pytest.mark.parametrize(
    ("text", "category"), [(text, category) for category, texts in SENTENCES.items() for text in texts]
)
def test_a_sentence_leads_to_its_category(text: str, category: str) -> None:
    assert found(text) == category


@pytest.mark.parametrize(
    ("keyword", "text"),
    [
        ("kar", "karlar"), ("kar", "KARLI YOL"), ("kar", "kar'ın"), ("kar", "(kar)"), ("kar", "karda"),
        ("çöp", "çöplerimizi"), ("çöp", "COPU ALIN"), ("dal", "dallarını"), ("park", "PARKIMIZDAKİ"),
        ("kedi", "kedilere"), ("koku", "kokusu"), ("köpek", "köpeği"), ("yatak", "yatağımız"),
        ("ışık", "IŞIĞI"), ("ışık", "isigi"), ("yol çökmüş", "yollar çökmüş"), ("sokak lamba", "Sokaktaki lambalar"),
    ],
)  # fmt: skip
def test_a_keyword_matches_its_inflections(keyword: str, text: str) -> None:
    assert keywords.matching([keyword], keywords.readable(text)) == (keyword,)


@pytest.mark.parametrize(
    ("keyword", "text"),
    [
        ("kar", "karanlık"), ("kar", "karar"), ("kar", "karşı"), ("kar", "kara"), ("kar", "kardeş"), ("kar", "akar"),
        ("dal", "dalga"), ("park", "parke"), ("kene", "kenar"), ("çim", "çimento"), ("4982", "49820"),
        ("yol çöktü", "çöktü yol"),
        ("yol çöktü", "yol yine çöktü"), ("...", "her şey"), ("⑴ ½ [", "bir"),
    ],
)  # fmt: skip
def test_a_keyword_does_not_match_other_words(keyword: str, text: str) -> None:
    assert keywords.matching([keyword], keywords.readable(text)) == ()
