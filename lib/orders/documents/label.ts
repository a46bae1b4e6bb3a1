/** What a file says of one order: enough to install its profile. */
export interface Label {
  iccid: string
  /** Text of the activation code, to be shown and copied */
  activationCode: string
  /** The same as a QR code carries it */
  qrText: string
  smdpAddress: string
  matchingId: string
  confirmationCodeRequired: boolean
  /** Only while it is kept */
  confirmationCode?: string
  reference?: string
  customerEmail?: string
  /** Of the only eUICC that may use it */
  eid?: string
  expiresAt?: Date
  /** Address of the customer's page */
  page?: string
  /** State of the profile when this was read */
  state: string
}

/** How the operator is shown to customers. */
export interface LabelBrand {
  name: string
  /** #rrggbb */
  colour: string
  /** PNG or JPEG */
  logo?: Buffer
  helpUrl?: string
  helpText?: string
}
