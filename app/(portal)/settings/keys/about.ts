export const about = 'The keys under which vendors encrypt what they send. Once entered, a key is shown by its check value only.'
