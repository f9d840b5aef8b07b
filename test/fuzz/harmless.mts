import assert from 'node:assert/strict';

const PROTOTYPES = [Object.prototype, Array.prototype, String.prototype, Function.prototype];
const OWN_NAMES = PROTOTYPES.map((prototype) => Object.getOwnPropertyNames(prototype).join());

/** Nothing was added to what all objects share, and the items are plain data. */
export function expectHarmless(items: unknown): void {
	PROTOTYPES.forEach((prototype, index) => {
		assert.equal(Object.getOwnPropertyNames(prototype).join(), OWN_NAMES[index]);
	});
	if (items !== undefined) expectPlain(items);
}

function expectPlain(value: unknown): void {
	if (typeof value !== 'object') return;
	if (value === null) throw new Error('null in an item: absent is absent');
	const prototype = Array.isArray(value) ? Array.prototype : Object.prototype;
	if (Object.getPrototypeOf(value) !== prototype) throw new Error('not a plain object in an item');
	for (const [name, inner] of Object.entries(value)) {
		if (name === '__proto__') throw new Error('an item with a name that sets prototypes');
		expectPlain(inner);
	}
}
