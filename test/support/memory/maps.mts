import { onTestFinished } from 'vitest';

/**
 * From now until the end of the test: every `Map` that something is put into. So a test can look
 * into what a module keeps in memory and does not export.
 */
export function watchMaps(): Set<Map<unknown, unknown>> {
	const maps = new Set<Map<unknown, unknown>>();
	const { set } = Map.prototype;
	Map.prototype.set = function (key, value) {
		maps.add(this);
		return set.call(this, key, value) as Map<unknown, unknown>;
	};
	onTestFinished(() => void (Map.prototype.set = set));
	return maps;
}
