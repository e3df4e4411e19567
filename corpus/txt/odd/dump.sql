INSERT INTO staff VALUES (1,'Anna ''A'' Adler','536-22-8467','4539138198381881');
INSERT INTO staff VALUES (2,'Bo','417-38-2956',NULL);
-- SSN and card number of staff
