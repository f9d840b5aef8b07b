import { describe, expect, it } from 'vitest';

import { getManyUsers } from '../../../../nodes/CxoneExpert/actions/user/get-many.operation.ts';
import { onlyItem, runOperation } from '../../../support/unit/stub-site.mts';
import { SAMPLE, ITEM } from '../../../support/unit/user-samples.mts';

describe('getManyUsers', () => {
	const list = (...users: string[]) =>
		`<users count="${users.length}" querycount="9" totalcount="9" seateduserstotalcount="1">${users.join('')}</users>`;

	it('getManyUsers reads a list of one as a list', async () => {
		const run = await runOperation(getManyUsers, {}, [list(SAMPLE)]);
		expect(onlyItem(run)).toEqual(ITEM);
		expect(run.calls).toEqual([{ method: 'GET', url: '/users?limit=50&offset=0' }]);
	});

	it('getManyUsers sends each filter', async () => {
		const options = {
			...{ email: 'j@x', fullName: 'Jane D', role: 'Admin' },
			...{ seat: 'unseated', status: 'active' },
		};
		const { calls } = await runOperation(getManyUsers, { name: 'j&', limit: 3, options }, [list()]);
		expect(calls[0]!.url).toBe(
			'/users?usernamefilter=j%26&usernameemailfilter=j%40x&fullnamefilter=Jane+D&rolefilter=Admin&seatfilter=unseated&activatedfilter=true&limit=3&offset=0',
		);
	});

	it('getManyUsers continues after the received users until a list is empty', async () => {
		const other = (number: number) => SAMPLE.replace(/ id="\d+"/, ` id="${number}"`);
		const full = (from: number) =>
			list(...Array.from({ length: 100 }, (_, index) => other(from + index)));
		const pages = [full(1), full(101), list(other(201))];
		const run = await runOperation(getManyUsers, { returnAll: true }, pages);
		expect(run.outputs).toHaveLength(201);
		expect(run.calls.map(({ url }) => url)).toEqual([
			'/users?limit=100&offset=0',
			'/users?limit=100&offset=100',
			'/users?limit=100&offset=200',
		]);
	});

	it('getManyUsers returns nothing when nobody is found', async () => {
		expect(
			(await runOperation(getManyUsers, { name: 'x' }, ['<users count="0"/>'])).outputs,
		).toEqual([]);
	});
});
