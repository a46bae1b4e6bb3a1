/** What the room is for, under its heading. */
export const about = "A vendor's file on its way into stock: uploaded, checked row by row, approved by a person."
/** The same of its upload. */
export const aboutUpload = 'Nothing becomes stock unseen: a file is checked first, you read the report, then you decide.'
