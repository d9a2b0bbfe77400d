// Every message is the ranking as it is now; rows that have moved glide to their new place.
const ranking = document.getElementById("ranking");
new EventSource("/events").onmessage = (event) => {
  const show = () => { ranking.innerHTML = event.data; };
  document.startViewTransition ? document.startViewTransition(show) : show();
};
