"""WeasyPrint and what every print needs: fonts, shaping, text, tags. The ground floor of `printing`."""
