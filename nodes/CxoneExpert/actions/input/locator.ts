/**
 * The way in which a resource locator names something (`id`, `list`, …), and what it holds. Anything
 * else, such as what an expression gave in its place, counts as an ID.
 */
export function locatorOf(value: unknown): { mode: unknown; value: unknown } {
	return isLocator(value) ? value : { mode: 'id', value };
}

function isLocator(value: unknown): value is { mode: unknown; value: unknown } {
	return typeof value === 'object' && value !== null && 'mode' in value && 'value' in value;
}
