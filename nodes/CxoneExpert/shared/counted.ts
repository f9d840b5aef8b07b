/** The number with its word: "1 delivery", "3 deliveries". */
export function counted(count: number, one: string, several: string): string {
	return `${count} ${count === 1 ? one : several}`;
}
