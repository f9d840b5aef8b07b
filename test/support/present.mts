/** The element at this place; throws where the list ends before it. */
export function elementAt<T>(list: ArrayLike<T>, index: number): T {
	if (index >= list.length) throw new RangeError(`no element ${index} in a list of ${list.length}`);
	return list[index] as T;
}

/** Returns a required value; throws when it is missing. */
export function present<T>(value: T | undefined, name = 'value'): T {
	if (value === undefined) throw new TypeError(`there is no such ${name}`);
	return value;
}
