"""To whom a print goes: the lines of an address as they stand in an envelope's window."""

from __future__ import annotations

from dataclasses import dataclass

from campaign.printing.engine.text import direction_of, one_line


@dataclass(frozen=True)
class Addressee:
    """An official as an envelope names them. `country` is a name in words, as the post of the sender reads it."""

    name: str | None
    title: str | None
    office: str | None
    address: tuple[str, ...]
    country: str | None

    @property
    def lines(self) -> tuple[str, ...]:
        """All lines, top to bottom: none empty, none said twice, and the country only where the address lacks it."""
        lines: list[str] = []
        for part in (self.name, self.title, self.office, *self.address):
            line = one_line(part or "")
            if line and line not in lines:
                lines.append(line)
        country = one_line(self.country or "")
        if country and not (lines and lines[-1].casefold().endswith(country.casefold())):
            lines.append(country)
        return tuple(lines)

    @property
    def postal_lines(self) -> tuple[str, ...]:
        """The lines as post offices want them, on a letter, an envelope and a label alike.

        The lines within a country stay as its own post office has them; the country stands last, alone and in
        capitals, for the post office of the sender, as the Universal Postal Union asks.
        """
        lines, country = list(self.lines), one_line(self.country or "")
        if not country or not lines:
            return tuple(lines)
        if lines[-1].casefold().endswith(country.casefold()):
            town = lines.pop()[: -len(country)].rstrip(" ,;-–·")
            if town:
                lines.append(town)
        return (*(line.rstrip(",;") for line in lines), country.upper())

    @property
    def direction(self) -> str:
        """The direction the address is written in, whatever that of the letter."""
        return direction_of("".join(self.lines))
