/** The brand as a person edits it. */
export interface BrandDraft {
  name: string
  /** As typed; `#rrggbb` when it is whole */
  colour: string
  /** base64 */
  logo: { type: 'png' | 'jpg'; base64: string } | null
  helpUrl: string
  helpText: string
}

/** As the verb takes it: empty fields are left out. */
export const brandInput = ({ logo, helpUrl, helpText, ...draft }: BrandDraft) => ({
  ...draft,
  ...(logo ? { logo: { type: logo.type, bytes: Uint8Array.from(atob(logo.base64), letter => letter.charCodeAt(0)) } } : {}),
  ...(helpUrl.trim() ? { helpUrl: helpUrl.trim() } : {}),
  ...(helpText.trim() ? { helpText: helpText.trim() } : {}),
})
