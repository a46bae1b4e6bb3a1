/** How long a link that is handed over can be used. */
export const linkMinutes = 30

/** How long one that was mailed can be used: a mail lies a while before it is read. */
export const mailedLinkHours = 24
