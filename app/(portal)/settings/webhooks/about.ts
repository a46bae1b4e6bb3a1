export const about = 'Systems that are told of orders and downloads as signed JSON, for those who have no ES2+.'
