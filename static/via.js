// The tag of the link that led here is in the form by now: whoever copies the address copies it without.
{
  const here = new URL(location);
  here.searchParams.delete("via");
  history.replaceState(history.state, "", here);
}
