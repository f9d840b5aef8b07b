/*
 * Runs before each file of tests: what the file before it left in the memory of the package is no business of
 * this one, and which file that is depends on the machine.
 */
import { clearMemory } from '../../nodes/CxoneExpert/memory.ts';

clearMemory();
