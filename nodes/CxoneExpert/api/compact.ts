/** Leaves out properties that are undefined or an empty object. */
export function compact<T extends object>(
	object: T,
): { [K in keyof T]?: Exclude<T[K], undefined> } {
	const entries = Object.entries(object).filter(
		([, value]) => value !== undefined && !isEmptyObject(value),
	);
	return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

function isEmptyObject(value: unknown): boolean {
	return (
		typeof value === 'object' &&
		value !== null &&
		!Array.isArray(value) &&
		Object.keys(value).length === 0
	);
}
