import { attemptsCommands } from './attempts'
import { auditCommands } from './audit'
import { batchCommands } from './batch'
import { bindCommands } from './bind'
import type { Command } from './command'
import { demoCommands } from './demo'
import { deviceCommands } from './devices'
import { extendCommands } from './extend'
import { importCommands } from './import'
import { issueCommands } from './issue'
import { keyCommands } from './key'
import { keysCommands } from './keys'
import { messagesCommands } from './messages'
import { moveCommands } from './move'
import { orderCommands } from './order'
import { partnerCommands } from './partner'
import { personalCommands } from './personal'
import { phoneCommands } from './phone'
import { pkiCommands } from './pki'
import { profileCommands } from './profile'
import { replaceCommands } from './replace'
import { replacementsCommands } from './replacements'
import { settingsCommands } from './settings'
import { stockCommands } from './stock'
import { typeCommands } from './type'
import { userCommands } from './user'
import { webhookCommands } from './webhook'

/** Everything that the command line can do, in the order of its help. */
export const commands: readonly Command[] = [
  ...pkiCommands,
  ...keysCommands,
  ...typeCommands,
  ...importCommands,
  ...batchCommands,
  ...issueCommands,
  ...bindCommands,
  ...orderCommands,
  ...extendCommands,
  ...moveCommands,
  ...replaceCommands,
  ...replacementsCommands,
  ...profileCommands,
  ...stockCommands,
  ...deviceCommands,
  ...settingsCommands,
  ...userCommands,
  ...keyCommands,
  ...partnerCommands,
  ...webhookCommands,
  ...messagesCommands,
  ...auditCommands,
  ...personalCommands,
  ...attemptsCommands,
  ...phoneCommands,
  ...demoCommands,
]
