import { startPostgres } from '../../n8n/postgres.mts';

/** One way to set up n8n. */
export interface Setting {
	name: string;
	env: Record<string, string>;
	/** A database server that n8n needs; what it starts is stopped again. */
	start?: () => Promise<{ env: Record<string, string>; stop: () => Promise<void> }>;
}

/** n8n's expression engines; `vm` is the default. */
export function engine(name: string): Setting {
	return { name, env: { N8N_EXPRESSION_ENGINE: name } };
}

const legacy = engine('legacy').env;

/** What an operator can change, and each engine as it is: all measured within the same minutes. */
export const settings: Setting[] = [
	engine('vm'),
	{
		name: 'vm, lazy acquire',
		env: { ...engine('vm').env, N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE: 'true' },
	},
	{
		name: 'vm, compile cache',
		env: { ...engine('vm').env, N8N_EXPRESSION_ENGINE_COMPILE_CACHE: 'true' },
	},
	{
		name: 'vm, lazy acquire and compile cache',
		env: {
			...engine('vm').env,
			N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE: 'true',
			N8N_EXPRESSION_ENGINE_COMPILE_CACHE: 'true',
		},
	},
	engine('legacy'),
	{
		name: 'legacy, successful executions not saved',
		env: { ...legacy, EXECUTIONS_DATA_SAVE_ON_SUCCESS: 'none' },
	},
	{
		name: 'legacy, at most 5 executions',
		env: { ...legacy, N8N_CONCURRENCY_PRODUCTION_LIMIT: '5' },
	},
	{ name: 'legacy, PostgreSQL', env: legacy, start: startPostgres },
	{
		name: 'legacy, PostgreSQL with 10 connections',
		env: { ...legacy, DB_POSTGRESDB_POOL_SIZE: '10' },
		start: startPostgres,
	},
];
