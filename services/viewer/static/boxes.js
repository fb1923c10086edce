// Draws what was found over a picture.

const COLOURS = ["#56b4e9", "#e69f00", "#5fd38d", "#f0e442", "#e58fc0", "#ff8a5c"];

// One colour per label, the same on every page.
export function colourOf(label) {
  let sum = 0;
  for (const letter of label) sum = (sum * 31 + letter.codePointAt(0)) >>> 0;
  return COLOURS[sum % COLOURS.length];
}

export function percent(confidence) {
  return `${Math.round(confidence * 100)} %`;
}

// Clears the canvas, gives it the picture's shape at the screen's sharpness and draws the detections (boxes in 0..1
// of the sides). Lines and letters have the same size on the screen, however large the picture is shown.
export function drawBoxes(canvas, picture, detections) {
  const shown = Math.min(canvas.clientWidth / picture.width, canvas.clientHeight / picture.height) || 1;
  const unit = window.devicePixelRatio;
  const width = Math.round(picture.width * shown * unit);
  const height = Math.round(picture.height * shown * unit);
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d");
  context.clearRect(0, 0, width, height);
  context.lineWidth = 1.5 * unit;
  context.font = `600 ${Math.round(11 * unit)}px system-ui, sans-serif`;
  context.textBaseline = "middle";
  for (const found of detections) drawBox(context, found, unit);
}

function drawBox(context, { label, confidence, box }, unit) {
  const { width, height } = context.canvas;
  const [left, top, right, bottom] = [box[0] * width, box[1] * height, box[2] * width, box[3] * height];
  const colour = colourOf(label);
  context.strokeStyle = colour;
  context.strokeRect(left, top, right - left, bottom - top);
  const text = `${label} ${percent(confidence)}`;
  const tall = 15 * unit;
  const wide = context.measureText(text).width + 6 * unit;
  const x = Math.max(0, Math.min(left - context.lineWidth / 2, width - wide));
  const y = top >= tall ? top - tall : Math.min(bottom, height - tall);
  context.fillStyle = colour;
  context.fillRect(x, y, wide, tall);
  context.fillStyle = "#10151b";
  context.fillText(text, x + 3 * unit, y + tall / 2);
}
