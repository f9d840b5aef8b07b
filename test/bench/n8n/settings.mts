import { startPostgres } from '../../support/n8n/postgres.mts';

/** One way to set up n8n. */
export interface Setting {
	name: string;
	env: Record<string, string>;
	/** A database server that n8n needs; what it starts is stopped again. */
	start?: () => Promise<{ env: Record<string, string>; stop: () => Promise<void> }>;
}

/* n8n's expression engines; `vm` is the default. */
const vm = { N8N_EXPRESSION_ENGINE: 'vm' };
const legacy = { N8N_EXPRESSION_ENGINE: 'legacy' };
const lazyAcquire = { N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE: 'true' };
const compileCache = { N8N_EXPRESSION_ENGINE_COMPILE_CACHE: 'true' };

/** What an operator can change, and each engine as it is: all measured within the same minutes. */
export const settings: Setting[] = [
	{ name: 'vm', env: vm },
	{ name: 'vm + lazy acquire', env: { ...vm, ...lazyAcquire } },
	{ name: 'vm + compile cache', env: { ...vm, ...compileCache } },
	{
		name: 'vm + lazy acquire + compile cache',
		env: { ...vm, ...lazyAcquire, ...compileCache },
	},
	{ name: 'quickjs', env: { N8N_EXPRESSION_ENGINE: 'quickjs' } },
	{ name: 'legacy', env: legacy },
	{
		name: 'legacy + successful executions not saved',
		env: { ...legacy, EXECUTIONS_DATA_SAVE_ON_SUCCESS: 'none' },
	},
	{
		name: 'legacy + at most 5 executions',
		env: { ...legacy, N8N_CONCURRENCY_PRODUCTION_LIMIT: '5' },
	},
	{ name: 'legacy + PostgreSQL', env: legacy, start: startPostgres },
	{
		name: 'legacy + PostgreSQL with 10 connections',
		env: { ...legacy, DB_POSTGRESDB_POOL_SIZE: '10' },
		start: startPostgres,
	},
];

/** @throws when there is no setting of this name */
export function settingNamed(name: string): Setting {
	const setting = settings.find((one) => one.name === name);
	if (setting !== undefined) return setting;
	const known = settings.map((one) => `"${one.name}"`).join(', ');
	throw new Error(`There is no setting "${name}". Known are: ${known}.`);
}

/** Acts with the environment of n8n for this setting, while the server that it needs is there. */
export async function withEnvOf<T>(
	{ env, start }: Setting,
	act: (env: Record<string, string>) => Promise<T>,
): Promise<T> {
	const server = await start?.();
	try {
		return await act({ ...env, ...server?.env });
	} finally {
		await server?.stop();
	}
}
