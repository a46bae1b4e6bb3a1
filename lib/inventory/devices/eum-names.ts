/** Some who make eUICCs, by the first eight digits of their EIDs. */
const EUM_NAMES: Record<string, string> = {
  '89033023': 'Thales',
  '89034011': 'Valid',
  '89044045': 'Kigen',
  '89049032': 'Giesecke+Devrient or SGP.26 tests',
}

/** Undefined where it is not known here. */
export const eumName = (eum: string): string | undefined => EUM_NAMES[eum]
