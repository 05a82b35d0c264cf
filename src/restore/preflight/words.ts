export { listText, timeText } from '../../aurora/time-text.ts';
