import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, it } from 'vitest';

const programs = fileURLToPath(new URL('programs.mts', import.meta.url));

it.each([
	['one part needs them', [['chromium']], ['chromium']],
	['two parts need them', [['chromium'], ['chromium']], ['chromium']],
	['each part needs another', [['chromium'], ['redis-server']], ['chromium', 'redis-server']],
])('a run of tests names the missing programs that it needs, once: %s', async (_, asked, named) => {
	const calls = asked.map((names) => `reportMissingPrograms(${JSON.stringify(names)});`);
	const script = `import { reportMissingPrograms } from ${JSON.stringify(programs)}; ${calls.join(' ')}`;
	// Without a path it finds what only root looks for, and PostgreSQL.
	const env = { PATH: '', CI: '', CXONE_MISSING_PROGRAMS_REPORTED: undefined };
	const options = { env, lines: true } as const;
	const { stdout } = await execa(process.execPath, ['--input-type=module', '-e', script], options);
	expect(stdout).toEqual(
		named.map((name): unknown =>
			expect.stringMatching(`^What needs ${name} is left out.* sudo apt-get install ${name}$`),
		),
	);
});
