// Fingers, mouse and wheel: two fingers, the middle button, the right one or the space bar move the view; one works the tool.
// ours(event): whether a turn of the wheel is meant for the picture, else it scrolls the page around it.
export function listen(viewer, canvas, tool, ours = () => true) {
  const fingers = new Map();
  let panning = null, spread = null, space = false;

  const place = (event) => {
    const { left, top } = canvas.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  };
  const pair = () => {
    const [one, other] = [...fingers.values()];
    return { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2, far: Math.hypot(one.x - other.x, one.y - other.y) };
  };
  const touchOf = (event) => ({ event, screen: place(event), at: viewer.toPicture(place(event)), reach: event.pointerType === "touch" ? 22 : 10 });

  canvas.addEventListener("pointerdown", (event) => {
    canvas.focus({ preventScroll: true });
    canvas.setPointerCapture(event.pointerId);
    if (event.pointerType === "touch") fingers.set(event.pointerId, place(event));
    if (fingers.size === 2) {
      tool().cancel();
      spread = pair();
      panning = null;
    } else if (fingers.size > 2) return;
    else if (event.button === 1 || event.button === 2 || space) panning = place(event);
    else if (tool().down(touchOf(event)) === "pan") panning = place(event);
    event.preventDefault();
  });

  canvas.addEventListener("pointermove", (event) => {
    if (fingers.has(event.pointerId)) fingers.set(event.pointerId, place(event));
    if (spread && fingers.size === 2) {
      const now = pair();
      viewer.pan(now.x - spread.x, now.y - spread.y);
      viewer.zoom(now.far / Math.max(spread.far, 1), now);
      spread = now;
    } else if (panning) {
      const now = place(event);
      viewer.pan(now.x - panning.x, now.y - panning.y);
      panning = now;
    } else if (!spread) tool().move(touchOf(event));
  });

  const up = (event) => {
    fingers.delete(event.pointerId);
    if (spread) {
      if (!fingers.size) spread = null;
    } else if (panning) panning = null;
    else if (event.type === "pointerup") tool().up(touchOf(event));
    else tool().cancel();
  };
  canvas.addEventListener("pointerup", up);
  canvas.addEventListener("pointercancel", up);
  canvas.addEventListener("pointerleave", () => tool().leave?.());
  canvas.addEventListener("dblclick", (event) => tool().double?.(touchOf(event)));
  canvas.addEventListener("contextmenu", (event) => event.preventDefault());

  canvas.addEventListener("wheel", (event) => {
    if (!ours(event)) return;
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 16 : 1;
    if (event.shiftKey) viewer.pan(-(event.deltaX || event.deltaY) * lines, 0);
    else viewer.zoom(Math.exp(-event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.0018)), place(event));
  }, { passive: false });

  canvas.addEventListener("keydown", (event) => {
    if (event.code !== "Space") return;
    space = true;
    canvas.classList.add("grab");
    event.preventDefault();
  });
  const released = () => {
    space = false;
    canvas.classList.remove("grab");
  };
  canvas.addEventListener("keyup", (event) => event.code === "Space" && released());
  canvas.addEventListener("blur", released);
}
