export const about = 'What waits for a second person, and what was decided. Nobody approves what they asked for themselves.'
