/** More waiting messages of one receiver, and more that were given up, are told as so many and more. */
export const mostCounted = 10_000
