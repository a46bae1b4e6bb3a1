interface Choice<Value extends string> {
  value: Value
  label: string
}

export const CLASSES = [
  { value: 'operational', label: 'Operational' },
  { value: 'provisioning', label: 'Provisioning' },
  { value: 'test', label: 'Test' },
] as const satisfies Choice<string>[]

export const PROTECTIONS = [
  { value: 'session', label: 'Session keys' },
  { value: 'random', label: 'Random keys' },
] as const satisfies Choice<string>[]

export const REJECTIONS = [
  { value: 'keep', label: 'Keep the order for another try' },
  { value: 'end', label: 'End the order, as the specification has it' },
] as const satisfies Choice<string>[]

export const REUSE_DEVICES = [
  { value: 'any', label: 'Any device' },
  { value: 'same', label: 'Only the eUICC that had it' },
  { value: 'none', label: 'None: a new phone gets another profile' },
] as const satisfies Choice<string>[]

export const RETURNS = [
  { value: 'never', label: 'Never' },
  { value: 'afterDeletion', label: 'When its deletion was reported' },
] as const satisfies Choice<string>[]

/** What a select holds; the first one for a value that is none of them. */
export const choice = <Value extends string>(value: string, choices: readonly [Choice<Value>, ...Choice<Value>[]]): Value =>
  (choices.find(each => each.value === value) ?? choices[0]).value
