export const offlineNotice = (root) => {
  const bar = root.querySelector("[data-offline]");
  const tell = () => {
    bar.hidden = navigator.onLine;
  };
  if (bar) {
    window.addEventListener("online", tell);
    window.addEventListener("offline", tell);
    tell();
  }
};
