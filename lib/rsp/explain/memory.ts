import { twoAmounts } from './amounts'
import { type Teller, tryAgain } from './case'

/** The phone has too little memory: with the amounts where both are known and say so. */
export const tooLittleMemory: Teller = it => {
  const { freeMemory, neededMemory } = it.device
  const amounts =
    freeMemory !== undefined && neededMemory !== undefined && freeMemory < neededMemory ? twoAmounts(freeMemory, neededMemory) : undefined
  return {
    sentence: amounts
      ? `${it.phone} has ${amounts[0]} free and this profile needs ${amounts[1]}.`
      : `${it.phone} has too little free memory for one more eSIM.`,
    ...tryAgain(it, 'Ask the customer to delete an unused eSIM'),
  }
}
