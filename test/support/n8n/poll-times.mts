/** n8n takes no poll time that comes more often than once a minute, but several of them. */
export function everySeconds(period: number): { item: object[] } {
	const seconds = Array.from({ length: 60 / period }, (_, index) => index * period);
	return {
		item: seconds.map((each) => ({ mode: 'custom', cronExpression: `${each} * * * * *` })),
	};
}
