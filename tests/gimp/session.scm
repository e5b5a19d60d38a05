; SPDX-License-Identifier: GPL-3.0-or-later
; A GIMP in batch that evaluates what a test hands it, one expression after the other, until it is
; told to end: starting a GIMP takes seconds. In `folder`, expression N is the file N.scm. Its answer
; is N.answer, whole as soon as there is N.done: a line "good" or "bad", then what the expression
; gave or what the error said.

(define last-error "")
(define image #f)

(define (as-text x)
  (if (string? x)
      x
      (let ((port (open-output-string)))
        (write x port)
        (get-output-string port))))

; What TinyScheme calls with an error's parts; `catch` forgets them.
(define (remember . parts)
  (set! last-error (apply string-append (map as-text parts)))
  (apply throw parts))

(define (read-expression path)
  (let* ((port (open-input-file path))
         (expression (read port)))
    (close-input-port port)
    expression))

(define (answer place verdict text)
  (let ((port (open-output-file (string-append place ".answer"))))
    (display verdict port)
    (newline port)
    (display text port)
    (close-output-port port)
    (close-output-port (open-output-file (string-append place ".done")))))

(define (evaluate place)
  (let ((value #f)
        (failed #f))
    (catch (set! failed #t)
      (set! value (eval (read-expression (string-append place ".scm")))))
    (if failed
        (answer place "bad" last-error)
        (answer place "good" (as-text value)))))

(define (session folder)
  (set! *error-hook* remember)
  (let loop ((n 1))
    (let ((place (string-append folder "/" (number->string n))))
      (cond ((file-exists? (string-append place ".scm"))
             (evaluate place)
             (loop (+ n 1)))
            ((file-exists? (string-append folder "/end"))
             #t)
            (else
             (usleep 10000)
             (loop n))))))
