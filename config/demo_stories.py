"""What happened in the demonstration's town. Invented from beginning to end."""

from dataclasses import dataclass

# Numbers of the 0500 000 block belong to nobody.
PEOPLE = (
    ("Zeynep Korkmaz", "+905000000011"),
    ("Mehmet Ali Öztürk", "+905000000012"),
    ("Fatma Işık", "+905000000013"),
    ("İbrahim Güneş", "+905000000014"),
    ("Şule Çetin", "+905000000015"),
    ("Ömer Faruk Kılıç", "+905000000016"),
    ("Gülten Ünal", "+905000000017"),
    ("Yusuf Ağaoğlu", "+905000000018"),
)


@dataclass(frozen=True, slots=True)
class Story:
    """One application and the steps it went through after it was received."""

    days_ago: float
    category: str
    text: str
    neighbourhood: str = ""
    address: str = ""
    kind: str = "complaint"
    channel: str = "web"
    steps: tuple[str, ...] = ()
    anonymous: bool = False


STORIES = (
    # Waiting for triage
    Story(
        0.1,
        "sokak-lambasi",
        "Sokağımızın lambası üç gündür yanmıyor, akşamları çok karanlık oluyor.",
        "carsi",
        "Gül Sokak, 14 numaranın önü",
    ),
    Story(
        0.2,
        "",
        "Okulun önündeki yaya geçidinin çizgileri silinmiş, çocuklar karşıya geçerken korkuyor.",
        "ogretmenler",
        "Atatürk İlkokulu önü",
        kind="request",
    ),
    Story(
        0.3,
        "",
        "Apartmanın arkasındaki boş arsaya gece moloz döküyorlar.",
        "gulveren",
        "Çamlık Sokak sonu",
        kind="report",
        channel="whatsapp",
    ),
    Story(
        0.4,
        "sosyal-yardim",
        "Yalnız yaşıyorum, kışlık yakacak yardımı için nasıl başvurabilirim?",
        "kale",
        kind="request",
        channel="call_centre",
    ),
    Story(
        0.6,
        "diger",
        "Pazar günü meydandaki konser çok güzeldi, ama ses evimizin içindeydi.",
        "carsi",
        kind="suggestion",
    ),
    Story(1.1, "bilgi-edinme", "128 ada 7 parselin imar durumunu öğrenmek istiyorum.", "istasyon", kind="information"),
    Story(
        1.3,
        "kacak-yapi",
        "Yan binanın çatısına izinsiz kat çıkılıyor.",
        "sirinevler",
        "Menekşe Sokak 22",
        kind="report",
        anonymous=True,
    ),
    Story(
        2.0,
        "isyeri-ruhsati",
        "İşyeri ruhsatı başvurumu internetten yaparken hata alıyorum.",
        kind="complaint",
        channel="social_media",
    ),
    Story(4.2, "", "Otobüs durağının camı kırık, yağmurda ıslanıyoruz.", "yayla", "Yayla son durak", channel="desk"),
    Story(6.0, "oneri", "Kütüphane hafta sonu da açık olsa öğrenciler çok sevinir.", "ogretmenler", kind="suggestion"),
    # New at the department
    Story(0.5, "yol-cukuru", "Fırının önünde derin bir çukur var, dün bir bisikletli düştü.", "carsi", "Fırın Sokak 3"),
    Story(
        0.9,
        "bozuk-kaldirim",
        "Kaldırım taşları yerinden oynamış, annem tekerlekli sandalyeyle geçemiyor.",
        "cinarli",
        "Lale Caddesi 40",
    ),
    Story(
        1.5,
        "engelli-erisimi",
        "Sağlık ocağının girişine rampa istiyoruz.",
        "kale",
        "Kale Sağlık Ocağı",
        kind="request",
        steps=("route",),
    ),
    Story(
        3.0, "agac-budama", "Ağacın dalları elektrik tellerine değiyor.", "gulveren", "Ihlamur Sokak 9", kind="request"
    ),
    Story(3.5, "park-bakimi", "Salıncağın zinciri kopmuş.", "sirinevler", "Şirinevler Parkı"),
    # In progress
    Story(3.2, "yol-cukuru", "Köprü çıkışındaki çukur büyüdü.", "istasyon", "İstasyon Köprüsü", steps=("accept",)),
    Story(
        5.0,
        "rogar-kapagi",
        "Rögar kapağı yerinden çıkmış, çok tehlikeli.",
        "yayla",
        "Yayla Caddesi 7",
        kind="report",
        steps=("accept", "note"),
    ),
    Story(
        8.0,
        "bozuk-kaldirim",
        "Kaldırım çökmüş, yağmurda su birikiyor.",
        "kale",
        "Hisar Sokak 2",
        steps=("accept", "draft"),
    ),
    Story(
        9.0,
        "kar-buz",
        "Yokuş buz tutuyor, tuzlama yapılmıyor.",
        "kale",
        "Kale Yokuşu",
        kind="request",
        steps=("route", "accept"),
    ),
    Story(
        7.0, "park-bakimi", "Parktaki banklar kırık.", "cinarli", "Çınaraltı Parkı", kind="request", steps=("accept",)
    ),
    Story(
        34.0,
        "yol-cukuru",
        "Sokağımız altyapı çalışmasından sonra öyle bırakıldı.",
        "gulveren",
        "Ardıç Sokak",
        steps=("accept", "note"),
    ),
    # Waiting for the applicant
    Story(4.0, "yol-cukuru", "Yolda çukur var.", "sirinevler", steps=("accept", "ask")),
    Story(6.5, "bozuk-kaldirim", "Kaldırım bozuk, düştüm.", "carsi", steps=("accept", "ask", "reply")),
    # Under review
    Story(
        5.5,
        "yol-cukuru",
        "Pazar girişindeki çukura araçlar giriyor.",
        "carsi",
        "Pazar Yolu 1",
        steps=("accept", "answer"),
    ),
    Story(
        7.5,
        "bozuk-kaldirim",
        "Okul yolundaki kaldırım çok dar.",
        "ogretmenler",
        "Okul Caddesi",
        steps=("accept", "answer_with_date"),
    ),
    Story(
        9.5,
        "agac-tehlikesi",
        "Fırtınada devrilen ağaç kaldırımı kapatıyor.",
        "yayla",
        "Çam Sokak 11",
        kind="report",
        steps=("accept", "answer"),
    ),
    Story(
        10.0,
        "yol-cukuru",
        "Asfalt yama tutmamış.",
        "istasyon",
        "Gar Caddesi 18",
        steps=("accept", "answer", "return_answer"),
    ),
    # In the programme
    Story(
        20.0,
        "bozuk-kaldirim",
        "Sokağımızda hiç kaldırım yok.",
        "gulveren",
        "Dere Sokak",
        steps=("accept", "answer_with_date", "approve"),
    ),
    # Finished
    Story(
        12.0,
        "yol-cukuru",
        "Durağın önünde çukur var.",
        "cinarli",
        "Çınarlı Durağı",
        steps=("accept", "answer", "approve", "rate"),
    ),
    Story(
        14.0,
        "rogar-kapagi",
        "Rögar kapağından ses geliyor.",
        "carsi",
        "Hükümet Caddesi 5",
        kind="report",
        steps=("accept", "answer", "approve"),
    ),
    Story(
        15.0,
        "park-bakimi",
        "Parkın lambaları yanmıyor.",
        "sirinevler",
        "Gençlik Parkı",
        steps=("accept", "answer", "approve", "rate"),
    ),
    Story(
        18.0,
        "agac-budama",
        "Dallar balkonuma giriyor.",
        "ogretmenler",
        "Papatya Sokak 6",
        kind="request",
        steps=("accept", "answer", "approve"),
    ),
    Story(
        22.0,
        "yol-cukuru",
        "Rampanın başında çukur var.",
        "kale",
        "Kale Rampası",
        channel="call_centre",
        steps=("accept", "answer", "approve", "reopen"),
    ),
    Story(
        25.0,
        "bozuk-kaldirim",
        "Kaldırımda demir çıkmış.",
        "istasyon",
        "Gar Meydanı",
        steps=("accept", "answer", "approve", "rate"),
    ),
    Story(16.0, "diger", "Su faturam çok yüksek geldi.", "yayla", steps=("forward",)),
    Story(11.0, "diger", "Sokak lambası yanmıyor. Sokak lambası yanmıyor.", "carsi", steps=("reject",)),
    Story(13.0, "oneri", "Meydana çeşme yapılsın.", "carsi", kind="suggestion", steps=("withdraw",)),
)
