"""A second reckoning of SMS parts: the tables written by hand, the parts filled one character after the other."""

BASIC = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
LOCKING = "@£$¥€éùıòÇ\nĞğ\rÅåΔ_ΦΓΛΩΠΨΣΘΞŞşßÉ !\"#¤%&'()*+,-./0123456789:;<=>?İABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§çabcdefghijklmnopqrstuvwxyzäöñüà"
EXTRA = "^{}\\[~]|€"
TABLES = (
    (160, 153, {**dict.fromkeys(EXTRA, 2), **dict.fromkeys(BASIC, 1)}),
    (155, 149, {**dict.fromkeys(EXTRA, 2), **dict.fromkeys(LOCKING, 1)}),
    (155, 149, {**dict.fromkeys(EXTRA + "ĞİŞçğış", 2), **dict.fromkeys(BASIC, 1)}),
)


def parts_by_hand(text: str, reserve: int) -> int:
    """The fewest parts that ``text`` takes in any of the tables or UCS-2, with ``reserve`` units left free."""
    options = [
        _fill([table[c] for c in text] + [1] * reserve, a, j) for a, j, table in TABLES if set(text) <= set(table)
    ]
    options.append(_fill([len(c.encode("utf-16-le")) // 2 for c in text] + [1] * reserve, 70, 67))
    return min(options)


def _fill(costs: list[int], alone: int, joined: int) -> int:
    if sum(costs) <= alone:
        return 1
    parts = [0]
    for cost in costs:
        if parts[-1] + cost > joined:
            parts.append(0)
        parts[-1] += cost
    return len(parts)
