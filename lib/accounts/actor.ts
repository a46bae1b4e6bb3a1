import { may, type Role, type Verb } from './roles'

/** Who acts: a signed-in person, a script with a key, a partner's system on ES2+, or somebody at the terminal who may read the data folder. */
export interface Actor {
  kind: 'account' | 'key' | 'partner' | 'cli'
  /** As it is recorded: e-mail of the account, key:<name of the key>, partner:<its identifier>, or cli:<os user> */
  name: string
  role: Role
  accountId?: string
  /** Client address, for the audit */
  address?: string
}

/** The answer is no, whoever asks again. */
export class NotAllowed extends Error {
  override name = 'NotAllowed'
  constructor(verb: Verb) {
    super(`Your role does not allow this (${verb}). Ask an administrator.`)
  }
}

/** @throws NotAllowed */
export function requireMay(actor: Actor, verb: Verb): void {
  if (!may(actor.role, verb)) throw new NotAllowed(verb)
}
