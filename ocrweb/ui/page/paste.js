// A picture pasted anywhere on the page of single pictures is loaded, in the place of the one that is there.
document.addEventListener("paste", (event) => {
  const field = document.querySelector("#single-picture");
  const upload = field?.querySelector("input[type=file]");
  const file = [...(event.clipboardData?.files ?? [])].find((each) => each.type.startsWith("image/"));
  if (!file || !upload || !field.offsetParent) return; // no picture, or another tab is open
  event.preventDefault();
  const holder = new DataTransfer();
  holder.items.add(file);
  upload.files = holder.files;
  upload.dispatchEvent(new Event("change", { bubbles: true }));
});
