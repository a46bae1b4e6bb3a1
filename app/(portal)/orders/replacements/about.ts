export const about = 'Profiles whose place another one took, and the file that tells the network of it.'
