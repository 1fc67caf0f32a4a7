mod atom;
mod c3voc;
mod frab;
mod ical;
mod native;
