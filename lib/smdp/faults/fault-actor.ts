/** Under whose name the harness imports, issues and cancels. */
export const faultActor = { kind: 'cli', name: 'cli:faults', role: 'administrator' } as const
