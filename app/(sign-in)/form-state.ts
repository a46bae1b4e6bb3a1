import type { Challenge } from '@/lib/accounts/sign-in'

/** What a form shows after it was answered; what was typed comes back, but no password. */
export interface FormState {
  message: string
  fields: Record<string, string>
  email: string
  name: string
  /** The password was right, and this is the second step. */
  challenge?: Challenge
}

export const emptyForm: FormState = { message: '', fields: {}, email: '', name: '' }
