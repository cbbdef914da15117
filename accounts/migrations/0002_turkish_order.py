from django.db import migrations

# Each letter of European languages, and below it a character that sorts where the Turkish alphabet has the letter:
# common.turkish.LETTERS and PLACES as they were when this was written.
LETTERS = (
    "abcçdefgğhıijklmnoöpqrsştuüvwxyzABCÇDEFGĞHIİJKLMNOÖPQRSŞTUÜV"
    "WXYZÀÁÂÃÄÅÈÉÊËÌÍÎÏÑÒÓÔÕÙÚÛÝàáâãäåèéêëìíîïñòóôõùúûýÿĀāĂăĄąĆćĈ"
    "ĉĊċČčĎďĒēĔĕĖėĘęĚěĜĝĠġĢģĤĥĨĩĪīĬĭĮįĴĵĶķĹĺĻļĽľŃńŅņŇňŌōŎŏŐőŔŕŖŗŘ"
    "řŚśŜŝŠšŢţŤťŨũŪūŬŭŮůŰűŲųŴŵŶŷŸŹźŻżŽž"
)
PLACES = (
    "ϨϩϪϫϬϭϮϯϰϱϲϳϴϵ϶ϷϸϹϺϻϼϽϾϿЀЁЂЃЄЅІЇϨϩϪϫϬϭϮϯϰϱϲϳϴϵ϶ϷϸϹϺϻϼϽϾϿЀЁЂЃ"
    "ЄЅІЇϨϨϨϨϨϨϭϭϭϭϲϲϲϲϸϹϹϹϹЁЁЁІϨϨϨϨϨϨϭϭϭϭϳϳϳϳϸϹϹϹϹЁЁЁІІϨϨϨϨϨϨϪϪϪ"
    "ϪϪϪϪϪϬϬϭϭϭϭϭϭϭϭϭϭϯϯϯϯϯϯϱϱϲϳϲϳϲϳϲϳϴϴϵϵ϶϶϶϶϶϶ϸϸϸϸϸϸϹϹϹϹϹϹϽϽϽϽϽ"
    "ϽϾϾϾϾϾϾЀЀЀЀЁЁЁЁЁЁЁЁЁЁЁЁЄЄІІІЇЇЇЇЇЇ"
)


class Migration(migrations.Migration):
    """A function that gives rows their place in the Turkish alphabet. It belongs to the lowest app with tables."""

    dependencies = [
        ("accounts", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(
            f"""
            CREATE FUNCTION turkish_order(text) RETURNS text
            LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
            AS $$ SELECT translate($1, '{LETTERS}', '{PLACES}') $$
            """,
            "DROP FUNCTION turkish_order(text)",
        ),
    ]
