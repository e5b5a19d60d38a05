; SPDX-License-Identifier: GPL-3.0-or-later
; What the tests ask of an image, in GIMP 2.10's words.

(define (open-image path)
  (set! image (car (gimp-file-load RUN-NONINTERACTIVE path path)))
  image)

(define (save-image path)
  (gimp-xcf-save RUN-NONINTERACTIVE image (car (gimp-image-get-active-drawable image)) path path)
  path)

(define (close-image) (gimp-image-delete image))
(define (layer name) (car (gimp-image-get-layer-by-name image name)))
(define (channel name) (car (gimp-image-get-channel-by-name image name)))
(define (mask name) (car (gimp-layer-get-mask (layer name))))
(define (selection) (car (gimp-image-get-selection image)))
(define (name-of item) (car (gimp-item-get-name item)))
(define (count-of-images) (car (gimp-image-list)))
(define (newest-image) (set! image (apply max (vector->list (cadr (gimp-image-list))))) image)
(define (activate item) (gimp-image-set-active-layer image item))
(define (active-name) (name-of (car (gimp-image-get-active-layer image))))
; Displays have ids from 1 on; one that is not there is refused.
(define (close-displays)
  (let loop ((id 1))
    (if (< id 100)
        (begin (if (= TRUE (car (gimp-display-is-valid id))) (gimp-display-delete id))
               (loop (+ id 1))))))
