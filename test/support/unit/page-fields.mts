export const id = (value: string) => ({ __rl: true, mode: 'id', value });

export const path = (value: string) => ({ __rl: true, mode: 'path', value });

const asItem = { simplify: true };

export const some = { ...asItem, limit: 50 };
