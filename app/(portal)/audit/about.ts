export const about =
  'What people, scripts and this server did: when, from where, with what result. Rows are only added; if somebody changes one in the database, the chain shows it.'
