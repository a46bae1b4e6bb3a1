/** What the page is for; said while it is on its way too. */
export const about =
  'EID, IMEI, e-mail address and phone number are somebody’s. Here is how long each is kept, and where one subscriber’s are exported or erased.'
