export const about =
  'Operators’ systems that order by GSMA ES2+: by which certificate each is known, what it may order, and where it is told how downloads go.'
