import { afterEach, describe, expect, it, vi } from 'vitest';
import { basename } from 'node:path';
import { findProgram, isInstalled, lacks } from './programs.mts';

describe('programs that tests need', () => {
	afterEach(() => {
		vi.unstubAllEnvs();
		vi.restoreAllMocks();
	});

	it('a program is found under the first of its names that the machine has', () => {
		expect(basename(findProgram('no-such-program', 'sh', 'ls') ?? '')).toBe('sh');
		expect([isInstalled('sh'), isInstalled('no-such-program')]).toEqual([true, false]);
	});

	it('nothing is left out where all are installed', () => {
		vi.stubEnv('CI', 'true');
		expect(lacks({ nginx: true, caddy: true })).toBe(false);
	});

	it('tests are left out where one is missing, and which one is said', () => {
		vi.stubEnv('CI', undefined);
		const warn = vi.spyOn(console, 'warn').mockReturnValue();
		expect(lacks({ nginx: true, caddy: false })).toBe(true);
		expect(warn).toHaveBeenCalledExactlyOnceWith(expect.stringMatching(/^\nNOT TESTED.* caddy\n$/));
	});

	it('a missing one is an error on CI', () => {
		vi.stubEnv('CI', 'true');
		expect(() => lacks({ nginx: false, caddy: false })).toThrow('apt-get install nginx caddy');
	});
});
