export const about = 'What operators’ systems asked by ES2+ and what they and webhooks were told, both ways in one list.'
export const profileAbout = 'What a partner asked for this profile, and what it and webhooks were told of it, newest first.'
