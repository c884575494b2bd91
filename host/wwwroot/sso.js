// Sends the one form of the page. Where scripts do not run its button does.
document.getElementById('onward')?.submit();
