/** Concurrent calls of one kind in an execution or a publish. */
const MAX_CONCURRENT = 5;

/** Asks for each with limited concurrency, as an execution can be about a hundred pages. */
export async function mapConcurrently<T, Response>(all: T[], ask: (each: T) => Promise<Response>): Promise<Response[]> {
	const responses: Response[] = [];
	const rest = all.entries();
	const work = async () => {
		for (const [index, each] of rest) responses[index] = await ask(each);
	};
	await Promise.all(Array.from({ length: MAX_CONCURRENT }, work));
	return responses;
}
